/** The main window's page. */
import { mount } from 'svelte';
import './tokens-until-shared.css';
import './app.css';
import { connect } from '../ipc';
import MainWindow from './MainWindow.svelte';
import { applyRememberedTheme } from './theme';

applyRememberedTheme();
await connect();
mount(MainWindow, { target: document.getElementById('app')! });
